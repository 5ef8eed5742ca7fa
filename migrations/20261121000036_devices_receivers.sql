-- Owner: devices. Who is written to about a loan today: a contact who was named, then who speaks for the minor now, whoever
-- signed then; from the eighteenth birthday on the borrower. One whom an e-mail reaches comes first.
create view loan_receiver with (security_invoker = true) as
  select l.organisation_id, l.id as loan_id, r.email, r.name, r.address, coalesce(r.language, 'pl') as language
  from loan l
    left join person b on b.id = l.beneficiary_id
    cross join lateral (select (moment() at time zone 'Europe/Warsaw')::date as day) today
    cross join lateral (select coalesce(b.born_on + interval '18 years' > today.day, false) as minor) y
    cross join lateral (
      select c.email, c.name, c.address, c.language from (
        select coalesce(p.email, t.email) as email, t.name, t.address, p.language, t.role = 'contact' as named, t.id
        from loan_party t left join person p on p.id = t.person_id
        where t.agreement_id = l.agreement_id and t.role in ('contact', 'signatory') and (t.until is null or t.until > today.day)
          and (t.person_id is null or not y.minor and t.basis in ('self', 'proxy', 'institution')
               or y.minor and exists (select 1 from guardianship g where g.ward_id = b.id and g.guardian_id = t.person_id
                                      and g.since <= today.day and (g.until is null or g.until > today.day)))
        union all
        select p.email, p.given_name || ' ' || p.family_name, '', p.language, false, p.id
        from (select g.guardian_id as id from guardianship g where y.minor and g.ward_id = b.id
                and g.since <= today.day and (g.until is null or g.until > today.day)
              union all select b.id where not y.minor and b.id is not null) w join person p on p.id = w.id) c
      order by c.email is null, c.named desc, c.id limit 1) r;
grant select on loan_receiver to tablica_app;
