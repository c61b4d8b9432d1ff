-- On MySQL with binary logging, CREATE TRIGGER needs SUPER or log_bin_trust_function_creators = 1.
CREATE TRIGGER `audit_logs_refuse_update` BEFORE UPDATE ON `audit_logs` FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit_logs rows are never changed';

CREATE TRIGGER `audit_logs_refuse_delete` BEFORE DELETE ON `audit_logs` FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit_logs rows are never deleted';
