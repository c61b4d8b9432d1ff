-- How many changes of the reverted run still stood when a rollback was completed: users who were left out, protected, renamed, or
-- changed by a later sync. NULL for syncs, and for rollbacks of an older version, which noted only who was left out.
ALTER TABLE `sync_runs` ADD COLUMN `left_count` INT UNSIGNED NULL;
