-- The rule of SYNC_AUTO under which a scheduled plan was made, and why it was not applied by that rule.
ALTER TABLE `sync_runs` ADD COLUMN `auto_rule` VARCHAR(255) NULL, ADD COLUMN `auto_held` VARCHAR(32) NULL,
  -- The confirmer acted alone where more people were needed, or in a freeze (break-glass).
  ADD COLUMN `alone` BOOLEAN NOT NULL DEFAULT FALSE,
  -- How many absent users the plan proposes, and how many were not absent on enough days yet.
  ADD COLUMN `absence` VARCHAR(255) NULL;

-- Targets at which nothing is applied by rule until a person resumes them; `*` stands for all.
CREATE TABLE `sync_pauses` (
  `target` VARCHAR(64) NOT NULL,
  `paused_by_id` VARCHAR(64) NOT NULL,
  `paused_by_name` VARCHAR(255) NOT NULL,
  `paused_at` DATETIME(3) NOT NULL,
  -- The run whose end paused the target. NULL where a person did.
  `run_id` INT UNSIGNED NULL,
  `why` VARCHAR(32) NULL,
  PRIMARY KEY (`target`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- On how many days whole reads have shown that an active user is absent (SYNC_ABSENCE_DAYS). Whoever is there again has no row.
CREATE TABLE `sync_absences` (
  `location_id` BIGINT UNSIGNED NOT NULL,
  `user_id` BIGINT UNSIGNED NOT NULL,
  `days` SMALLINT UNSIGNED NOT NULL,
  -- Days of the database's clock in UTC.
  `first_day` DATE NOT NULL,
  `last_day` DATE NOT NULL,
  -- The run whose read has shown it last.
  `run_id` INT UNSIGNED NOT NULL,
  PRIMARY KEY (`location_id`, `user_id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
