-- The settings that judged a plan (JSON; they stand under plan_hash), and those of the process that confirmed it.
ALTER TABLE `sync_runs` ADD COLUMN `rules` MEDIUMTEXT NULL, ADD COLUMN `confirm_rules` MEDIUMTEXT NULL;
