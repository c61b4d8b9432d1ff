-- Who approved a plan that needs several people (SYNC_APPROVALS), one row a person. The last one who is needed confirms, and
-- stands on the run. An approval is bound to the hash of the plan that was shown.
CREATE TABLE `sync_approvals` (
  `run_id` INT UNSIGNED NOT NULL,
  `actor_id` VARCHAR(64) NOT NULL,
  `actor_name` VARCHAR(255) NOT NULL,
  `plan_hash` CHAR(64) NOT NULL,
  `approved_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`run_id`, `actor_id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
