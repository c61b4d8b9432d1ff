-- Active users who are not on the server's list and stay active, because the server cannot prove that they are absent
-- (JSON: why, and how many).
ALTER TABLE `sync_runs` ADD COLUMN `undecided` TEXT NULL;
