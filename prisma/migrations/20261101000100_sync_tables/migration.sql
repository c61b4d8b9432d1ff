CREATE TABLE `sync_runs` (
  `id` INT UNSIGNED NOT NULL AUTO_INCREMENT,
  `target` VARCHAR(64) NOT NULL,
  `location_id` BIGINT UNSIGNED NOT NULL,
  `location_name` VARCHAR(100) NOT NULL,
  `status` ENUM('reading', 'ready', 'executing', 'completed', 'cancelled', 'expired', 'superseded', 'failed') NOT NULL,
  `channel_id` VARCHAR(64) NOT NULL,
  `message_ts` VARCHAR(64) NULL,
  -- What asked for the run (Slack's trigger id): the same request delivered twice makes one run.
  `request_key` VARCHAR(255) NOT NULL,
  `requested_by_id` VARCHAR(64) NOT NULL,
  `requested_by_name` VARCHAR(255) NOT NULL,
  `confirmed_by_id` VARCHAR(64) NULL,
  `confirmed_by_name` VARCHAR(255) NULL,
  `cancelled_by_id` VARCHAR(64) NULL,
  `cancelled_by_name` VARCHAR(255) NULL,
  `reason` VARCHAR(1000) NULL,
  `requested_at` DATETIME(3) NOT NULL,
  `ready_at` DATETIME(3) NULL,
  `expires_at` DATETIME(3) NULL,
  `confirmed_at` DATETIME(3) NULL,
  `finished_at` DATETIME(3) NULL,
  `lease_owner` CHAR(36) NULL,
  `lease_until` DATETIME(3) NULL,
  `attempt` TINYINT UNSIGNED NOT NULL DEFAULT 1,
  -- The location while its run executes, else NULL: the unique index lets one run execute per location.
  `executing_location_id` BIGINT UNSIGNED NULL,
  `source_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `add_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `reactivate_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `deactivate_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `protected_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `unchanged_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `already_inactive_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `skipped_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `duplicate_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `omitted_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `guard` TEXT NULL,
  `plan_hash` CHAR(64) NULL,
  `failure` TEXT NULL,
  -- The preview that took this one's place through Try Again or New Preview.
  `next_run_id` INT UNSIGNED NULL,
  -- The run whose changes this one takes back; NULL for a sync.
  `reverts_run_id` INT UNSIGNED NULL,
  -- The runs that one `/usersync all` asked for.
  `batch_id` INT UNSIGNED NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `sync_runs_request_key_key` (`request_key`),
  UNIQUE INDEX `sync_runs_executing_location_id_key` (`executing_location_id`),
  INDEX `sync_runs_location_id_status_finished_at_idx` (`location_id`, `status`, `finished_at`),
  INDEX `sync_runs_status_lease_until_idx` (`status`, `lease_until`),
  INDEX `sync_runs_status_expires_at_idx` (`status`, `expires_at`),
  INDEX `sync_runs_batch_id_idx` (`batch_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- One `/usersync all`: the message that sums its runs up.
CREATE TABLE `sync_batches` (
  `id` INT UNSIGNED NOT NULL AUTO_INCREMENT,
  `channel_id` VARCHAR(64) NOT NULL,
  `message_ts` VARCHAR(64) NULL,
  `request_key` VARCHAR(255) NOT NULL,
  `created_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `sync_batches_request_key_key` (`request_key`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The weeks (their Mondays) in which the channel was reminded of targets that were not synced for long.
CREATE TABLE `sync_reminders` (
  `week` CHAR(10) NOT NULL,
  `told_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`week`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- Who looked at the app's Home tab, so that it can be kept current for them.
CREATE TABLE `sync_home_viewers` (
  `user_id` VARCHAR(64) NOT NULL,
  `seen_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`user_id`),
  INDEX `sync_home_viewers_seen_at_idx` (`seen_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `sync_changes` (
  `run_id` INT UNSIGNED NOT NULL,
  `seq` INT UNSIGNED NOT NULL,
  `action` ENUM('add', 'reactivate', 'deactivate', 'omitted', 'protected', 'skipped') NOT NULL,
  `email` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `user_id` BIGINT UNSIGNED NULL,
  `status_before` ENUM('active', 'inactive') NULL,
  `status_after` ENUM('active', 'inactive') NULL,
  `detail` VARCHAR(255) NULL,
  PRIMARY KEY (`run_id`, `seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `sync_staged_users` (
  `run_id` INT UNSIGNED NOT NULL,
  `read_no` SMALLINT UNSIGNED NOT NULL,
  `source_id` BIGINT UNSIGNED NOT NULL,
  `page_no` INT UNSIGNED NOT NULL,
  `row_no` INT UNSIGNED NOT NULL,
  `email` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `active` TINYINT(1) NOT NULL,
  `skip_reason` VARCHAR(32) NULL,
  `raw_email` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (`run_id`, `read_no`, `source_id`, `page_no`, `row_no`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `sync_outbox` (
  `id` INT UNSIGNED NOT NULL AUTO_INCREMENT,
  `run_id` INT UNSIGNED NOT NULL,
  `kind` ENUM('message', 'thread', 'list', 'summary') NOT NULL,
  `created_at` DATETIME(3) NOT NULL,
  `attempts` INT UNSIGNED NOT NULL DEFAULT 0,
  `next_attempt_at` DATETIME(3) NOT NULL,
  `lease_owner` CHAR(36) NULL,
  `lease_until` DATETIME(3) NULL,
  `closed_at` DATETIME(3) NULL,
  `last_error` VARCHAR(500) NULL,
  PRIMARY KEY (`id`),
  INDEX `sync_outbox_closed_at_next_attempt_at_idx` (`closed_at`, `next_attempt_at`),
  INDEX `sync_outbox_run_id_closed_at_idx` (`run_id`, `closed_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `audit_logs` (
  `seq` BIGINT UNSIGNED NOT NULL,
  `at` DATETIME(3) NOT NULL,
  `step` VARCHAR(32) NOT NULL,
  `outcome` VARCHAR(64) NOT NULL,
  `actor_id` VARCHAR(64) NOT NULL,
  `actor_name` VARCHAR(255) NOT NULL,
  `run_id` INT UNSIGNED NULL,
  `target` VARCHAR(64) NULL,
  `counts` TEXT NULL,
  `reason` TEXT NULL,
  `prev_hash` CHAR(64) NOT NULL,
  `hash` CHAR(64) NOT NULL,
  PRIMARY KEY (`seq`),
  INDEX `audit_logs_run_id_idx` (`run_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The end of the chain of audit_logs. Appending locks this row, so two writers never fork the chain.
CREATE TABLE `audit_heads` (
  `id` TINYINT UNSIGNED NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `hash` CHAR(64) NOT NULL,
  PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

INSERT INTO `audit_heads` (`id`, `seq`, `hash`) VALUES (1, 0, REPEAT('0', 64));
