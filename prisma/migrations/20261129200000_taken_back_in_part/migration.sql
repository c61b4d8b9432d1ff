-- 20261127110000_taken_back marked a run as taken back by a rollback from which users were left out. Such a rollback leaves the
-- run standing, because the rest can still be taken back, and is the head of a family of its own. The marks of every run that
-- is related to one are written anew: the newest member of each family decides, as before.
UPDATE `sync_runs` `r` JOIN (
    WITH RECURSIVE `up` AS (
        SELECT `id`, `reverts_run_id` FROM `sync_runs`
        WHERE `reverts_run_id` IS NOT NULL AND `status` = 'completed' AND `omitted_count` > 0
        UNION
        SELECT `p`.`id`, `p`.`reverts_run_id` FROM `up` JOIN `sync_runs` `p` ON `p`.`id` = `up`.`reverts_run_id`
    ), `family` AS (
        SELECT `s`.`id` AS `head`, `s`.`id`, CAST(0 AS SIGNED) AS `depth`, `s`.`finished_at`
        FROM `up` JOIN `sync_runs` `s` ON `s`.`id` = `up`.`id` WHERE `up`.`reverts_run_id` IS NULL
        UNION ALL
        SELECT IF(`c`.`omitted_count` > 0, `c`.`id`, `f`.`head`), `c`.`id`, IF(`c`.`omitted_count` > 0, 0, `f`.`depth` + 1),
               `c`.`finished_at`
        FROM `family` `f` JOIN `sync_runs` `c` ON `c`.`reverts_run_id` = `f`.`id`
        WHERE `c`.`status` = 'completed' AND `c`.`add_count` + `c`.`reactivate_count` + `c`.`deactivate_count` > 0
    ), `ranked` AS (
        SELECT `id`, `depth`,
               FIRST_VALUE(`id`) OVER (PARTITION BY `head` ORDER BY `finished_at` DESC, `id` DESC) AS `last_id`,
               FIRST_VALUE(`depth`) OVER (PARTITION BY `head` ORDER BY `finished_at` DESC, `id` DESC) AS `last_depth`
        FROM `family`
    )
    SELECT `id`, `last_id`, MOD(`depth` + `last_depth`, 2) AS `taken_back` FROM `ranked`
) `m` ON `m`.`id` = `r`.`id`
SET `r`.`taken_back_by_id` = IF(`m`.`taken_back` = 1, `m`.`last_id`, NULL),
    `r`.`redone_by_id` = IF(`m`.`taken_back` = 1 OR `m`.`id` = `m`.`last_id`, NULL, `m`.`last_id`);

-- Of such a run, a part stays taken back.
UPDATE `sync_runs` `r` JOIN `sync_runs` `p` ON `p`.`reverts_run_id` = `r`.`id`
SET `r`.`redone_by_id` = NULL
WHERE `r`.`redone_by_id` IS NOT NULL AND `p`.`status` = 'completed' AND `p`.`omitted_count` > 0 AND `p`.`taken_back_by_id` IS NULL;
