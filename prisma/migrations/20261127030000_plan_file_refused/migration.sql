-- Slack's word with which it did not take the file of the run's plan: the message of the run then promises none.
ALTER TABLE `sync_runs` ADD COLUMN `file_refused` VARCHAR(100) NULL;
