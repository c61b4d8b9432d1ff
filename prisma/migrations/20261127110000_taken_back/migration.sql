-- Which rollback took a run back, and which later one did it again. Both follow from the rollbacks that completed; they
-- are kept on the run, so that its message and every list can say so without a search.
ALTER TABLE `sync_runs` ADD COLUMN `taken_back_by_id` INTEGER UNSIGNED NULL, ADD COLUMN `redone_by_id` INTEGER UNSIGNED NULL;

-- The rollbacks of a run.
CREATE INDEX `sync_runs_reverts_run_id_idx` ON `sync_runs` (`reverts_run_id`);
-- The runs of before: a sync, its rollbacks, their rollbacks and so on are one family. Its newest member decides: whoever
-- is an odd number of steps from it has been taken back by it, whoever is an even number has been done again.
UPDATE `sync_runs` `r` JOIN (
    WITH RECURSIVE `family` AS (
        SELECT `id` AS `root`, `id`, 0 AS `depth`, `finished_at` FROM `sync_runs`
        WHERE `status` = 'completed' AND `reverts_run_id` IS NULL
        UNION ALL
        SELECT `f`.`root`, `c`.`id`, `f`.`depth` + 1, `c`.`finished_at` FROM `family` `f`
        JOIN `sync_runs` `c` ON `c`.`reverts_run_id` = `f`.`id`
        WHERE `c`.`status` = 'completed' AND `c`.`add_count` + `c`.`reactivate_count` + `c`.`deactivate_count` > 0
    ), `ranked` AS (
        SELECT `id`, `depth`,
               FIRST_VALUE(`id`) OVER (PARTITION BY `root` ORDER BY `finished_at` DESC, `id` DESC) AS `last_id`,
               FIRST_VALUE(`depth`) OVER (PARTITION BY `root` ORDER BY `finished_at` DESC, `id` DESC) AS `last_depth`
        FROM `family`
    )
    SELECT `id`, `last_id`, MOD(`depth` + `last_depth`, 2) AS `taken_back` FROM `ranked` WHERE `id` <> `last_id`
) `m` ON `m`.`id` = `r`.`id`
SET `r`.`taken_back_by_id` = IF(`m`.`taken_back` = 1, `m`.`last_id`, NULL),
    `r`.`redone_by_id` = IF(`m`.`taken_back` = 1, NULL, `m`.`last_id`);
