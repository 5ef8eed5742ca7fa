-- Owner: devices. As before, but of what is overdue or due soon only the days of the page are named and put in order: the first page
-- cost the more the more was overdue.
create or replace function loans_page(wanted uuid, show text, by_order text, question text, of_group uuid, of_person uuid, after_many bigint,
                           most bigint, out total bigint, out ids uuid[])
  language plpgsql stable as $$
declare
  words constant text[] := list_words(question);
  today constant date := (moment() at time zone 'Europe/Warsaw')::date;
  opened constant text := ' and l.handed_over_at is not null and l.returned_at is null';
  named constant text := 'coalesce(p.given_name || '' '' || p.family_name, (select t.name from loan_party t
                            where t.agreement_id = l.agreement_id and t.role = ''beneficiary'' order by t.id limit 1), '''')';
  fits text := ' where l.organisation_id = $1 and l.cancelled_at is null';
  ordered text := 'l.family collate "pl-x-icu", l.who collate "pl-x-icu", l.inventory_no, l.id';
  kept text;
begin
  fits := fits || case show
    when 'open' then opened
    when 'overdue' then opened || ' and l.due_on < $2'
    when 'soon' then opened || ' and l.due_on between $2 and $2 + 30'
    when 'owed' then ' and l.returned_at is not null and l.id in (
      select c.loan_id from loan_accessory c where c.organisation_id = $1 and c.returned_at is null and c.settled_at is null)'
    when 'claimed' then ' and l.returned_at is null and l.id in (
      select i.loan_id from incident i where i.organisation_id = $1 and i.kind = ''claimed_returned'' and i.closed_at is null)'
    when 'waiting' then ' and l.handed_over_at is null'
    when 'closed' then ' and l.returned_at is not null'
    else '' end;
  if of_group is not null then
    fits := fits || ' and l.beneficiary_id in (select b.person_id from membership b where b.group_id = $4)';
  end if;
  if of_person is not null then
    fits := fits || ' and (l.beneficiary_id = $5 or l.agreement_id in (
      select t.agreement_id from loan_party t where t.person_id = $5 and t.until is null))';
  end if;
  if by_order = 'due' or by_order = 'usual' and show in ('overdue', 'soon') then
    ordered := 'l.due_on, ' || ordered;
  elsif by_order = 'due_down' then
    ordered := 'l.due_on desc, ' || ordered;
  elsif by_order = 'usual' and show = 'closed' then
    ordered := 'l.returned_at desc, ' || ordered;
  end if;
  kept := '(select l.id, l.due_on, l.returned_at, s.inventory_no, coalesce(p.family_name, '''') as family, ' || named || ' as who
            from loan l join asset s on s.id = l.asset_id left join person p on p.id = l.beneficiary_id' || fits || ') l';
  if cardinality(words) > 0 then
    -- Names are folded once for each person; what is searched of a device is in small letters already.
    execute 'with who as materialized (
               select p.id, list_fold(p.given_name || '' '' || p.family_name) as sought from person p where p.organisation_id = $1),
             l as materialized (
               select l.id, l.due_on, l.returned_at, s.inventory_no, coalesce(p.family_name, '''') as family, ' || named || ' as who
               from (select l.id, l.due_on, l.returned_at, l.asset_id, l.agreement_id, l.beneficiary_id
                     from loan l join asset_search x on x.asset_id = l.asset_id join loan_agreement a on a.id = l.agreement_id
                       left join who w on w.id = l.beneficiary_id' || fits || '
                       and (coalesce(w.sought, (select list_fold(t.name) from loan_party t where t.agreement_id = l.agreement_id
                                                and t.role = ''beneficiary'' order by t.id limit 1), '''')
                            || '' '' || case when octet_length(x.line) = length(x.line) then x.line else list_fold(x.line) end
                            || '' '' || case when octet_length(a.number) = length(a.number) then lower(a.number collate "C")
                                             else list_fold(a.number) end) collate "C" like all ($3) offset 0) l
                 join asset s on s.id = l.asset_id left join person p on p.id = l.beneficiary_id)
             select (select count(*) from l), array(select l.id from l order by ' || ordered || ' offset $6 limit $7)'
      into total, ids using wanted, today, words, of_group, of_person, after_many, most;
  elsif show in ('overdue', 'soon') and by_order in ('usual', 'due') then
    -- By index: the days of the page first, then only what is due on one of these is named and put in order.
    execute 'with page as materialized (select l.due_on from loan l' || fits || ' order by l.due_on offset $6 limit $7),
                  days as materialized (select min(p.due_on) as first, max(p.due_on) as last from page p)
             select (select count(*) from loan l' || fits || '),
               array(select l.id from ' || replace(kept, fits, fits || ' and l.due_on between (select d.first from days d)
                                                                                   and (select d.last from days d)') || '
                     order by ' || ordered || '
                     offset $6 - (select count(*) from loan l' || fits || ' and l.due_on < (select d.first from days d)) limit $7)'
      into total, ids using wanted, today, words, of_group, of_person, after_many, most;
  else
    execute 'select (select count(*) from loan l' || fits || '),
               array(select l.id from ' || kept || ' order by ' || ordered || ' offset $6 limit $7)'
      into total, ids using wanted, today, words, of_group, of_person, after_many, most;
  end if;
end $$;
