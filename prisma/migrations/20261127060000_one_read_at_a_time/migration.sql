-- What a run reads, for as long as it does: one run at a time reads the list of a location, or looks up what can be taken
-- back of a run. NULL for every other run, and for those that an older version opened.
ALTER TABLE `sync_runs` ADD COLUMN `reading_of` VARCHAR(64) NULL, ADD UNIQUE INDEX `sync_runs_reading_of_key` (`reading_of`);
