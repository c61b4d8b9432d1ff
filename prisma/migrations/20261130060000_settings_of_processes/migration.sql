-- A short hash of each setting that all processes need alike, by its name, as JSON. NULL: a process of an older version.
ALTER TABLE `sync_processes` ADD COLUMN `settings` TEXT NULL;
