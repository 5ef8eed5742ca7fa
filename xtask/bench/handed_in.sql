-- Attempts of the crowd, how many of them ended, and the steps that say so; the demonstration has attempts of its own.
with crowd as (select a.id, a.submitted_at from attempt a join person p on p.id = a.person_id where p.login like 'miara%'),
     step as (select s.kind from attempt_step s join crowd c on c.id = s.attempt_id)
select count(*) || ' ' || count(*) filter (where submitted_at is not null) || ' ' ||
       (select count(*) from step where kind = 'submitted') || ' ' || (select count(*) from step where kind = 'answered')
from crowd
