-- The location that the target's name meant when it was paused: a pause holds for every name of the location. NULL in pauses of
-- an older version, and of all targets.
ALTER TABLE `sync_pauses` ADD COLUMN `location_id` BIGINT UNSIGNED NULL;

-- Requests to pause or resume that were served: Slack may deliver one of them again after somebody else's.
CREATE TABLE `sync_requests` (
  `request_key` VARCHAR(255) NOT NULL,
  `served_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`request_key`),
  INDEX `sync_requests_served_at_idx` (`served_at`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
