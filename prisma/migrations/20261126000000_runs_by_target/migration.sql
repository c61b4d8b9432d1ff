-- The history of one target among those of a thousand: newest first, because InnoDB ends each index with the primary key.
CREATE INDEX `sync_runs_target_idx` ON `sync_runs` (`target`);
