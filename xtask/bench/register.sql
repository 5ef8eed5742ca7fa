-- For measuring only, on a data folder that is thrown away: devices @FROM@ to @TO@ at the school of the clerk, each with
-- ten lines of custody; four of ten are lent, a part of them overdue.
select set_config('app.reach', 'installation', false);
create temporary table school as select organisation_id as id, id as clerk from person where login = 'wanda.kalinowa';
insert into maker (id, organisation_id, name) select gen_random_uuid(), id, 'Miara' from school
  where not exists (select from maker m where m.organisation_id = school.id and m.name = 'Miara');
insert into asset_model (id, organisation_id, maker_id, kind, name, holds_data)
  select gen_random_uuid(), s.id, m.id, 'laptop', 'M 14', false from school s join maker m on m.organisation_id = s.id and m.name = 'Miara'
  where not exists (select from asset_model x where x.maker_id = m.id);
insert into asset (id, organisation_id, model_id, maker_id, kind, inventory_no, serial, label)
  select gen_random_uuid(), s.id, x.id, x.maker_id, 'laptop', 'BN/' || n, 'SN' || upper(substr(md5(n::text), 1, 10)),
         substr(translate(encode(sha256(n::text::bytea), 'base64'), '+/', '-_'), 1, 22)
  from school s join asset_model x on x.organisation_id = s.id and x.name = 'M 14' cross join generate_series(@FROM@, @TO@) n;
create temporary table fresh as
  select a.id, substr(a.inventory_no, 4)::int as n, gen_random_uuid() as agreement, gen_random_uuid() as protocol, gen_random_uuid() as loan
  from asset a join school s on s.id = a.organisation_id
  where a.inventory_no like 'BN/%' and substr(a.inventory_no, 4)::int between @FROM@ and @TO@;
insert into custody_event (organisation_id, asset_id, number, at, kind, person_id, detail, seal)
  select s.id, f.id, 0, moment(), 'scanned', s.clerk, '{}', '\x' from school s cross join fresh f cross join generate_series(1, 10);
delete from fresh where n % 10 > 3;
create temporary table pupil as
  select p.id, p.given_name || ' ' || p.family_name as name, row_number() over (order by p.id) - 1 as place
  from person p join school s on s.id = p.organisation_id;
insert into loan_agreement (id, organisation_id, number, kind, signed_by, signed_at, created_by)
  select f.agreement, s.id, 'BN/' || f.n, 'loan', 'paper', moment() - interval '100 days', s.clerk from school s cross join fresh f;
insert into loan_party (id, organisation_id, agreement_id, role, person_id, name, since)
  select gen_random_uuid(), s.id, f.agreement, 'beneficiary', p.id, p.name, current_date - 100
  from school s cross join fresh f join pupil p on p.place = f.n % (select count(*) from pupil);
insert into protocol (id, organisation_id, kind, number, agreement_id, made_at, made_by, signed_by, signatory, body)
  select f.protocol, s.id, 'handover', 'BN/' || f.n, f.agreement, moment() - interval '100 days', s.clerk, 'paper', 'Miara', '{"items": []}'
  from school s cross join fresh f;
insert into loan (id, organisation_id, agreement_id, asset_id, kind, beneficiary_id, handed_over_at, handover_id)
  select f.loan, s.id, f.agreement, f.id, 'extra', p.id, moment() - interval '100 days', f.protocol
  from school s cross join fresh f join pupil p on p.place = f.n % (select count(*) from pupil);
insert into due_rule (id, organisation_id, loan_id, kind, on_day)
  select gen_random_uuid(), s.id, f.loan, 'fixed', current_date + f.n % 400 - 60 from school s cross join fresh f;
analyze;
