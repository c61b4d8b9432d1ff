-- A name may come to mean another location. A pause from before holds where it held, and does not stand in the way of a new one.
-- 0 in place of NULL: no location, as in a pause of all targets. No location has this number.
UPDATE `sync_pauses` SET `location_id` = 0 WHERE `location_id` IS NULL;

ALTER TABLE `sync_pauses`
  MODIFY COLUMN `location_id` BIGINT UNSIGNED NOT NULL DEFAULT 0,
  DROP PRIMARY KEY, ADD PRIMARY KEY (`target`, `location_id`);
