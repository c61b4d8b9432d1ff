-- How many posts of a notice may stand in Slack although its answer was lost.
ALTER TABLE `sync_outbox` ADD COLUMN `lost_answers` INT UNSIGNED NOT NULL DEFAULT 0;
