-- Slack's word with which the run's message could not be edited any more: nothing more is expected of it.
ALTER TABLE `sync_runs` ADD COLUMN `message_refused` VARCHAR(100) NULL;

-- Who was told directly of a notice, ids with commas between them, so that a second try tells nobody twice; and Slack's
-- word where nobody could be told at all: `/usersync status` shows those.
ALTER TABLE `sync_outbox`
  ADD COLUMN `told_to` VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN `untold` VARCHAR(100) NULL,
  ADD INDEX `sync_outbox_untold_idx` (`untold`);
