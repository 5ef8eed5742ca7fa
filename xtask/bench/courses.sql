-- For measuring only, on a data folder that is thrown away: people @PEOPLE_FROM@ to @PEOPLE_TO@ in departments of two thousand,
-- twenty courses a department of ten units each, and for everybody a hundred units opened, ninety of them done.
select set_config('app.reach', 'installation', false);
-- Rows are put in as a restored copy would be: what they refer to is made here as well.
set session_replication_role = replica;
create temporary table town as select organisation_id as id, id as author from person where login = 'ada.nowicka';
create temporary table department as
  select gen_random_uuid() as id, n from generate_series(@PEOPLE_FROM@ / 2000, @PEOPLE_TO@ / 2000 - 1) n;
insert into org_unit (id, organisation_id, name) select d.id, t.id, 'Wydział miary ' || d.n from department d cross join town t;
create temporary table clerk as
  select gen_random_uuid() as id, g.n, d.id as department
  from generate_series(@PEOPLE_FROM@, @PEOPLE_TO@ - 1) g (n) join department d on d.n = g.n / 2000;
insert into person (id, organisation_id, login, email, given_name, family_name, org_unit_id)
  select c.id, t.id, 'miara' || c.n, 'miara' || c.n || '@example.org', 'Miara', 'Osoba ' || c.n, c.department from clerk c cross join town t;
create temporary table taught as
  select gen_random_uuid() as id, gen_random_uuid() as version, d.id as department, d.n as department_n, k from department d cross join generate_series(0, 19) k;
insert into course (id, organisation_id, slug, title, summary, state, listed, published_version_id, created_by)
  select c.id, t.id, 'miara-' || c.department_n || '-' || c.k, 'Szkolenie miary ' || c.department_n || '/' || c.k, 'Do pomiarów.', 'published', true,
         c.version, t.author from taught c cross join town t;
insert into course_version (id, organisation_id, course_id, number, title, summary, language, published_by)
  select c.version, t.id, c.id, 1, 'Szkolenie miary ' || c.department_n || '/' || c.k, 'Do pomiarów.', 'pl', t.author from taught c cross join town t;
insert into course_teacher (organisation_id, course_id, person_id) select t.id, c.id, t.author from taught c cross join town t;
create temporary table section_of as select gen_random_uuid() as id, id as course from taught;
insert into section (id, organisation_id, course_id, position, title) select s.id, t.id, s.course, 1, 'Treść' from section_of s cross join town t;
create temporary table lesson as
  select gen_random_uuid() as id, c.id as course, c.version, c.department, c.k, n from taught c cross join generate_series(1, 10) n;
insert into unit (id, organisation_id, course_id, section_id, position, slug, title, minutes, markdown, updated_by)
  select l.id, t.id, l.course, s.id, l.n, 'lekcja-' || l.n, 'Lekcja ' || l.n, 5, 'Treść lekcji.', t.author
  from lesson l join section_of s on s.course = l.course cross join town t;
insert into version_unit (organisation_id, version_id, unit_id, position, section_title, slug, title, minutes, markdown, html)
  select t.id, l.version, l.id, l.n, 'Treść', 'lekcja-' || l.n, 'Lekcja ' || l.n, 5, 'Treść lekcji.', '<p>Treść lekcji.</p>' from lesson l cross join town t;
-- The first unit of the last course has a test of ten questions.
create temporary table tested as select l.id as unit, l.course, l.version from lesson l where l.n = 1 and l.k = 19;
insert into quiz (unit_id, organisation_id, course_id, settings, updated_by)
  select q.unit, t.id, q.course, '{"attempts": 2, "minutes": 30}', t.author from tested q cross join town t;
insert into version_quiz (organisation_id, version_id, unit_id, settings)
  select t.id, q.version, q.unit, '{"attempts": 2, "minutes": 30}' from tested q cross join town t;
create temporary table asked as
  select gen_random_uuid() as question, gen_random_uuid() as version, q.course, q.version as course_version, q.unit, n
  from tested q cross join generate_series(1, 10) n;
insert into question (id, organisation_id, course_id, key) select a.question, t.id, a.course, 'pytanie-' || a.n from asked a cross join town t;
insert into question_version (id, organisation_id, question_id, number, body, created_by)
  select a.version, t.id, a.question, 1, jsonb_build_object('key', 'pytanie-' || a.n, 'text', 'Czy ' || a.n || ' to liczba?', 'points', 1,
         'kind', jsonb_build_object('type', 'true_false', 'answer', true)), t.author from asked a cross join town t;
insert into quiz_question (organisation_id, unit_id, position, question_id) select t.id, a.unit, a.n, a.question from asked a cross join town t;
insert into version_quiz_question (organisation_id, version_id, unit_id, position, question_version_id)
  select t.id, a.course_version, a.unit, a.n, a.version from asked a cross join town t;
insert into enrolment (id, organisation_id, course_id, target, org_unit_id, created_by, mandatory, due_kind, due_on)
  select gen_random_uuid(), t.id, c.id, 'unit', c.department, t.author, true, 'fixed', current_date + c.k from taught c cross join town t;
insert into taking (id, organisation_id, course_id, person_id, cycle, assigned_at, begun_at, due_on, done_at, version_id)
  select gen_random_uuid(), t.id, c.id, p.id, 1, moment() - interval '30 days', case when c.k < 10 then moment() end, current_date + c.k,
         case when c.k < 9 then moment() end, case when c.k < 9 then c.version end
  from taught c join clerk p on p.department = c.department cross join town t;
insert into progress (organisation_id, person_id, course_id, unit_id, version_id, cycle, done_at)
  select t.id, p.id, l.course, l.id, l.version, 1, case when l.k < 9 then moment() end
  from lesson l join clerk p on p.department = l.department cross join town t where l.k < 10;
insert into bookmark (organisation_id, person_id, course_id, unit_id)
  select t.id, p.id, l.course, l.id from lesson l join clerk p on p.department = l.department cross join town t where l.k < 10 and l.n = 5;
set session_replication_role = origin;
-- What is found by searching is kept by triggers, which did not run.
do $$ declare wanted uuid; begin for wanted in select id from taught loop call search_course(wanted); end loop; end $$;
-- The official of the demonstration is one of the first department, with what its first person has.
update person set org_unit_id = (select id from org_unit where name = 'Wydział miary 0') where login = 'marek.wrzosek';
insert into taking (id, organisation_id, course_id, person_id, cycle, assigned_at, begun_at, due_on, done_at, version_id)
  select gen_random_uuid(), k.organisation_id, k.course_id, m.id, 1, k.assigned_at, k.begun_at, k.due_on, k.done_at, k.version_id
  from taking k join person p on p.id = k.person_id and p.login = 'miara0' cross join (select id from person where login = 'marek.wrzosek') m
  on conflict do nothing;
insert into progress (organisation_id, person_id, course_id, unit_id, version_id, cycle, done_at)
  select g.organisation_id, m.id, g.course_id, g.unit_id, g.version_id, 1, g.done_at
  from progress g join person p on p.id = g.person_id and p.login = 'miara0' cross join (select id from person where login = 'marek.wrzosek') m
  on conflict do nothing;
-- Somebody is head of that department, and of nothing else.
insert into unit_head (organisation_id, org_unit_id, person_id)
  select u.organisation_id, u.id, p.id from org_unit u cross join person p where u.name = 'Wydział miary 0' and p.login = 'konrad.lipowy'
  on conflict do nothing;
analyze;
