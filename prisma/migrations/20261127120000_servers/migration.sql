-- Users whom the depot server's list names more than once, for the warning of the preview.
ALTER TABLE `sync_runs` ADD COLUMN `repeats` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;
