-- Further texts that may stand in users.email for the person of a row: a JSON array, NULL where the email says it all.
ALTER TABLE `sync_staged_users` ADD COLUMN `spellings` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;

-- Users who are left as they are, and why stands in detail.
ALTER TABLE `sync_changes`
  MODIFY COLUMN `action` ENUM('add', 'reactivate', 'deactivate', 'omitted', 'protected', 'skipped', 'kept') NOT NULL;
ALTER TABLE `sync_runs` ADD COLUMN `kept_count` INT UNSIGNED NOT NULL DEFAULT 0;

-- Users whose email is spelled in another way than the list has it, found and used within the transaction that drafts.
CREATE TABLE `sync_odd_spellings` (
  `run_id` INT UNSIGNED NOT NULL,
  `user_id` BIGINT UNSIGNED NOT NULL,
  `email` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (`run_id`, `user_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
