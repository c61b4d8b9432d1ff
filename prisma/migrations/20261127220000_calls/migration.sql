-- Two more kinds of notices: a call of the people who are waited for (SYNC_NOTIFY), and the weekly digest (SYNC_DIGEST), which
-- belongs to no run (run_id 0). `reason` is why a call is made, or the due time of a digest. By the unique index, each is
-- told once of each run, whatever the number of processes, and whatever becomes of them.
ALTER TABLE `sync_outbox`
  MODIFY COLUMN `kind` ENUM('message', 'thread', 'list', 'summary', 'call', 'digest') NOT NULL,
  ADD COLUMN `reason` VARCHAR(64) NULL,
  ADD UNIQUE INDEX `sync_outbox_reason_run_id_key` (`reason`, `run_id`);

-- What was completed in a week.
CREATE INDEX `sync_runs_status_finished_at_idx` ON `sync_runs` (`status`, `finished_at`);
