-- Earlier versions left the engine to the server's default. Where that cannot undo (MyISAM, Aria), a sync that failed would
-- leave half of itself behind. A table that InnoDB keeps already, or that is not there, is left alone.

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `audit_heads` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'audit_heads'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `audit_logs` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'audit_logs'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `sync_batches` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sync_batches'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `sync_changes` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sync_changes'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `sync_home_viewers` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sync_home_viewers'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `sync_odd_spellings` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sync_odd_spellings'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `sync_outbox` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sync_outbox'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `sync_processes` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sync_processes'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `sync_reminders` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sync_reminders'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `sync_runs` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sync_runs'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;

SET @convert = COALESCE((SELECT IF(ENGINE = 'InnoDB', NULL, 'ALTER TABLE `sync_staged_users` ENGINE=InnoDB')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sync_staged_users'), 'DO 0');
PREPARE converting FROM @convert;
EXECUTE converting;
DEALLOCATE PREPARE converting;
