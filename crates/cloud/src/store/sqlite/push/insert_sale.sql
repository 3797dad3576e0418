INSERT INTO sale (tenant, op_id, sale_id, kind, branch, till, segment, seq, rv, receipt_number, of_sale,
                  operator_id, operator_name, completed_at_ms, reference, currency, line_count,
                  net_minor, tax_minor, gross_minor)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
