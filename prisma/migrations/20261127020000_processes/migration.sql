-- The processes of the bot that hold a named lock each for as long as they live. Few rows: one a process, and one for each
-- that died and was not missed yet.
CREATE TABLE `sync_processes` (
  -- The name in which the process takes leases.
  `owner` CHAR(36) NOT NULL,
  -- A new name each time that the process takes its lock.
  `lock_name` VARCHAR(64) NOT NULL,
  -- A named lock holds at one server, and until that one restarts: which server (a hash), and since when it runs.
  `server` CHAR(64) NOT NULL,
  `server_started_at` DATETIME(3) NOT NULL,
  -- When another process first saw that the lock is free; NULL while it is held.
  `free_since` DATETIME(3) NULL,
  -- When the process last said that it lives.
  `seen_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`owner`),
  INDEX `sync_processes_server_idx` (`server`),
  INDEX `sync_processes_seen_at_idx` (`seen_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
