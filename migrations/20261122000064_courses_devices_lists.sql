-- Owner: courses and devices. Long lists of people and devices: searched, put in order and read a page at a time.

-- What a list is searched through: small letters without Polish signs, so "lukasz" finds "Łukasz". Unlike `search_fold` it keeps what
-- stands between letters, because numbers of devices have it.
create function list_fold(said text) returns text language sql immutable parallel safe strict as $$
  select translate(lower(said collate "pl-x-icu"), 'ąćęłńóśźż', 'acelnoszz')
$$;
revoke execute on function list_fold(text) from public;
grant execute on function list_fold(text) to tablica_app;

-- The first words of a question, folded alike, each as a pattern of LIKE in which wildcards are letters like any other. Every word has
-- to fit; none at all fits everything.
create function list_words(question text) returns text[] language sql immutable parallel safe strict as $$
  select coalesce(array_agg('%' || regexp_replace(w.word, '([\\%_])', '\\\1', 'g') || '%'), '{}')
  from (select s.word from regexp_split_to_table(list_fold(question), '\s+') s (word) where s.word <> '' limit 6) w
$$;
revoke execute on function list_words(text) from public;
grant execute on function list_words(text) to tablica_app;

-- Courses. Whom the enrolments of one course cover, each once: by index, however many people and units the organisation has. The view
-- `covered` says the same of everybody; asked for one course it joins all people with all units first.
create function learners_of(of_course uuid) returns table (person_id uuid)
  language plpgsql stable rows 500 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  with recursive below (organisation_id, id) as (
    select e.organisation_id, e.org_unit_id from enrolment e where e.course_id = of_course and e.org_unit_id is not null
    union
    select u.organisation_id, u.id from below b join org_unit u on u.parent_id = b.id and u.organisation_id = b.organisation_id)
  select e.person_id from enrolment e where e.course_id = of_course and e.person_id is not null
  union
  select m.person_id from enrolment e
    cross join lateral (select m.person_id from membership m where m.group_id = e.group_id offset 0) m
  where e.course_id = of_course and e.group_id is not null
  union
  select h.person_id from enrolment e
    cross join lateral (select h.person_id from position_holder h where h.position_id = e.position_id offset 0) h
  where e.course_id = of_course and e.position_id is not null
  union
  select p.id from below b
    cross join lateral (
      select p.id from person p where p.organisation_id = b.organisation_id and p.org_unit_id = b.id offset 0) p
  union
  select p.id from enrolment e
    cross join lateral (select p.id from person p where p.organisation_id = e.organisation_id and not p.resident offset 0) p
  where e.course_id = of_course and e.target = 'organisation';
end $$;
revoke execute on function learners_of(uuid) from public;
grant execute on function learners_of(uuid) to tablica_app;

-- One page of the learners of a course: of those whose name has every word of the question and who stand as asked, in this order, after so
-- many, at most so many (null: all). Before them how many take the course, how many of them finished it, and how many fit; where nobody
-- is on the page, one row says that alone. Names are read of everybody who takes the course; how far somebody is only of
-- those on the page, unless it is the order; when they were last there likewise. Equal ones follow by name and id.
create function learners_page(of_course uuid, question text, standing text, by_order text, after_many bigint, most bigint)
  returns table (total bigint, finished bigint, fitting bigint, person_id uuid, family_name text, given_name text, unit_name text,
                 done bigint, at_title text, last_at timestamptz, overdue_since date)
  language plpgsql stable rows 100 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  words constant text[] := list_words(question);
  today constant date := (moment() at time zone 'Europe/Warsaw')::date;
  shown constant uuid[] := array(select u.unit_id from course c join version_unit u on u.version_id = c.published_version_id
                                 where c.id = of_course);
begin
  return query
  with latest as materialized (
    select distinct on (t.person_id) t.person_id, t.cycle, t.begun_at, t.done_at,
           case when t.done_at is null and t.exempted_at is null and t.released_at is null and t.deadline < today
                then t.deadline end as late
    from taking t where t.course_id = of_course order by t.person_id, t.cycle desc),
  everybody as materialized (
    select w.person_id, coalesce(k.cycle, 1) as cycle, k.begun_at, k.done_at, k.late
    from learners_of(of_course) w left join latest k on k.person_id = w.person_id),
  counted as materialized (select count(*) as total, count(e.done_at) as finished from everybody e),
  fits as materialized (
    select e.person_id, e.cycle, e.late, p.family_name, p.given_name, p.org_unit_id,
           case when by_order in ('progress', 'progress_down') then (
             select count(*) from progress g
             where g.course_id = of_course and g.person_id = e.person_id and g.cycle = e.cycle and g.done_at is not null
               and g.unit_id = any (shown)) end as done,
           case when by_order in ('seen', 'seen_down') then (
             select b.at from bookmark b where b.person_id = e.person_id and b.course_id = of_course) end as seen
    from everybody e
      cross join lateral (
        select h.family_name, h.given_name, h.org_unit_id from person h where h.id = e.person_id offset 0) p
    where case standing
            when 'not_begun' then e.begun_at is null and e.done_at is null
            when 'under_way' then e.begun_at is not null and e.done_at is null
            when 'done' then e.done_at is not null
            when 'overdue' then e.late is not null
            else true end
      and (cardinality(words) = 0 or list_fold(p.given_name || ' ' || p.family_name) like all (words))),
  page as materialized (
    select row_number() over () as place, o.*
    from (select f.* from fits f
          order by case by_order when 'progress' then f.done end, case by_order when 'progress_down' then f.done end desc,
                   case by_order when 'seen' then f.seen end nulls first,
                   case by_order when 'seen_down' then f.seen end desc nulls last,
                   f.family_name collate "pl-x-icu", f.given_name collate "pl-x-icu", f.person_id
          offset after_many limit most) o)
  select c.total, c.finished, (select count(*) from fits), g.person_id, g.family_name, g.given_name, u.name,
         coalesce(g.done, (select count(*) from progress r
                           where r.course_id = of_course and r.person_id = g.person_id and r.cycle = g.cycle and r.done_at is not null
                             and r.unit_id = any (shown))),
         t.title, b.at, g.late
  from counted c left join page g on true
    left join org_unit u on u.id = g.org_unit_id
    left join lateral (
      select m.at, m.unit_id from bookmark m where m.person_id = g.person_id and m.course_id = of_course offset 0) b on true
    left join unit t on t.id = b.unit_id
  order by g.place;
end $$;
revoke execute on function learners_page(uuid, text, text, text, bigint, bigint) from public;
grant execute on function learners_page(uuid, text, text, text, bigint, bigint) to tablica_app;

-- Devices. One page of the loans of an organisation: how many fit, and the ids of those after so many, at most so many, in order. A list
-- (`show`), words that stand somewhere in who has it, what is searched of the device, or the agreement's number; a group, a
-- person. The order is by name, by last day (without one: at the end, and at the beginning of the opposite order), or the usual one of
-- the list. Equal ones follow by name, number and id. The question is put together here, of fixed pieces alone, because only then
-- does PostgreSQL see which index has the list or its order; without words nothing is read but that list.
create function loans_page(wanted uuid, show text, by_order text, question text, of_group uuid, of_person uuid, after_many bigint,
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
  else
    execute 'select (select count(*) from loan l' || fits || '),
               array(select l.id from ' || kept || ' order by ' || ordered || ' offset $6 limit $7)'
      into total, ids using wanted, today, words, of_group, of_person, after_many, most;
  end if;
end $$;
revoke execute on function loans_page(uuid, text, text, text, uuid, uuid, bigint, bigint) from public;
grant execute on function loans_page(uuid, text, text, text, uuid, uuid, bigint, bigint) to tablica_app;
