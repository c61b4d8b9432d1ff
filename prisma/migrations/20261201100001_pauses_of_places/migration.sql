-- A name may come to mean another location. A pause from before holds where it held, and does not stand in the way of a new one.
ALTER TABLE `sync_pauses`
  MODIFY COLUMN `location_id` BIGINT UNSIGNED NOT NULL DEFAULT 0,
  DROP PRIMARY KEY, ADD PRIMARY KEY (`target`, `location_id`);
