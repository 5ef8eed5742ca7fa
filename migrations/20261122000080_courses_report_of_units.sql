-- Owner: courses. The cycles that a report is about, found from the people of the units that are seen or from a course, by index: the
-- view `training` says the same of everybody, and asked for a department of two thousand it joined all with all first.

-- Cycles of people of these units (`everybody`: of the organisation) and of everybody in the courses taught, residents left out; only
-- under a unit, only of a course. With either day past cycles too, else the newest alone. Columns as in `training`.
create function training_seen(wanted uuid, everybody boolean, units uuid[], taught uuid[], under uuid, of_course uuid, from_day date,
                              to_day date)
  returns table (taking_id uuid, person_id uuid, course_id uuid, org_unit_id uuid, cycle integer, assigned_on date, deadline date,
                 extended boolean, done_on date, version_id uuid, valid_until date, exempt_reason text, standing text, late_days integer)
  language plpgsql stable rows 2000 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  today constant date := (moment() at time zone 'Europe/Warsaw')::date;
  -- One's own unit and all below; nothing without the wish.
  below constant uuid[] := array(
    with recursive b (id) as (
      select o.id from org_unit o where o.id = under union select o.id from org_unit o join b on o.parent_id = b.id)
    select b.id from b);
begin
  return query
  select t.id, t.person_id, t.course_id, t.org_unit_id, t.cycle, d.assigned_on, d.deadline, t.extended_to is not null, d.done_on,
         t.version_id, t.valid_until, t.exempt_reason,
         case when d.done_on is not null then case when t.valid_until < today then 'expired' else 'done' end
              when t.exempted_at is not null then 'exempt'
              when t.released_at is not null then 'released'
              when d.deadline < today then 'late' else 'open' end,
         greatest(0, case when d.done_on is not null then d.done_on - d.deadline
                          when t.exempted_at is null and t.released_at is null then today - d.deadline end)
  from (
    select p.org_unit_id, k.*
    from person p
      cross join lateral (
        select t.*, lead(t.cycle) over (partition by t.course_id order by t.cycle) is null as newest
        from taking t where t.person_id = p.id offset 0) k
    where of_course is null and p.organisation_id = wanted and not p.resident and (everybody or p.org_unit_id = any (units))
      and (under is null or p.org_unit_id = any (below))
    union all
    select p.org_unit_id, t.*,
           not exists (select from taking n where n.person_id = t.person_id and n.course_id = t.course_id and n.cycle > t.cycle)
    from taking t
      cross join lateral (select h.org_unit_id, h.resident from person h where h.id = t.person_id offset 0) p
    where of_course is null and t.organisation_id = wanted and t.course_id = any (taught) and not p.resident
      and not (everybody or coalesce(p.org_unit_id = any (units), false)) and (under is null or p.org_unit_id = any (below))
    union all
    select p.org_unit_id, t.*,
           not exists (select from taking n where n.person_id = t.person_id and n.course_id = t.course_id and n.cycle > t.cycle)
    from taking t
      cross join lateral (select h.org_unit_id, h.resident from person h where h.id = t.person_id offset 0) p
    where t.organisation_id = wanted and t.course_id = of_course and not p.resident
      and (everybody or of_course = any (taught) or coalesce(p.org_unit_id = any (units), false))
      and (under is null or p.org_unit_id = any (below))) t
    cross join lateral (
      select coalesce(t.extended_to, t.due_on) as deadline, (t.assigned_at at time zone 'Europe/Warsaw')::date as assigned_on,
             (t.done_at at time zone 'Europe/Warsaw')::date as done_on,
             (t.exempted_at at time zone 'Europe/Warsaw')::date as exempted_on) d
  where (t.assigned_at is not null or t.done_at is not null)
    and case when from_day is null and to_day is null then t.newest
             else coalesce(d.done_on, d.exempted_on, d.deadline, d.assigned_on)
                  between coalesce(from_day, '-infinity') and coalesce(to_day, 'infinity') end;
end $$;
revoke execute on function training_seen(uuid, boolean, uuid[], uuid[], uuid, uuid, date, date) from public;
grant execute on function training_seen(uuid, boolean, uuid[], uuid[], uuid, uuid, date, date) to tablica_app;
