-- The targets of a `/usersync all`, and the process that opens its runs. If that process dies half-way, another one goes on.
ALTER TABLE `sync_batches`
  -- The names, separated by commas. NULL in requests to an older version.
  ADD COLUMN `targets` TEXT NULL,
  ADD COLUMN `requested_by_id` VARCHAR(64) NULL,
  ADD COLUMN `requested_by_name` VARCHAR(255) NULL,
  ADD COLUMN `lease_owner` CHAR(36) NULL,
  -- NULL once every run is open.
  ADD COLUMN `lease_until` DATETIME(3) NULL,
  ADD INDEX `sync_batches_lease_until_idx` (`lease_until`);

-- Until when a process may post the message. NULL once it is posted.
ALTER TABLE `sync_reminders` ADD COLUMN `lease_until` DATETIME(3) NULL;
