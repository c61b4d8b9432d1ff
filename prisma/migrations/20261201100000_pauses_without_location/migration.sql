-- 0 in place of NULL: no location, as in a pause of all targets. For the key of the next migration.
UPDATE `sync_pauses` SET `location_id` = 0 WHERE `location_id` IS NULL;
