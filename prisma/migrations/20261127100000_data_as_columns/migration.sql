-- For a skipped row of the server's list, its id_user: `detail` holds the reason alone. NULL for every other change, and
-- for rows of older versions, whose detail names both. It stands under plan_hash where it is not NULL.
ALTER TABLE `sync_changes` ADD COLUMN `source_id` BIGINT UNSIGNED NULL;
-- JSON: which other run a step speaks of, and who was left out. NULL where it speaks of none, and for rows of older versions,
-- whose reason says it. It stands under the hash of the row where it is not NULL.
ALTER TABLE `audit_logs` ADD COLUMN `facts` TEXT NULL;
