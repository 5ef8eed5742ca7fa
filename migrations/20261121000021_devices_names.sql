-- Owner: devices. Whether agreements of a programme say its real name, and a report for the auditor on paper beside its workbook.

-- A protected programme is called by its neutral name on the borrower's paper as well, unless its rules demand the real one.
alter table programme add column named_in_agreements boolean not null default false;

-- The same report as PDF/UA, frozen in the same act. Reports of before have none.
alter table frozen_report
  add column paper_sha256 bytea check (octet_length(paper_sha256) = 32),
  add column paper_size_bytes bigint check (paper_size_bytes > 0),
  add column paper_key text,
  add constraint frozen_report_paper check (num_nonnulls(paper_sha256, paper_size_bytes, paper_key) in (0, 3));
