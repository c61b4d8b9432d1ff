-- The request that stored or withdrew the approval: the same request, delivered again, changes nothing. A withdrawn approval stays
-- as a row with an empty plan hash. NULL in approvals of an older version.
ALTER TABLE `sync_approvals` ADD COLUMN `request_key` VARCHAR(255) NULL;
