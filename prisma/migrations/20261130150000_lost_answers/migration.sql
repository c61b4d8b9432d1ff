-- How many posts of a notice may stand in Slack although its answer was lost; and more of whom a notice has reached, or not yet.
ALTER TABLE `sync_outbox`
  ADD COLUMN `lost_answers` INT UNSIGNED NOT NULL DEFAULT 0,
  MODIFY COLUMN `told_to` VARCHAR(40000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '';
