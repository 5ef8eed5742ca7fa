-- Owner: courses. Search over what learners see: courses, units and captions of published versions, kept up to date by triggers.

-- Lower-case words without Polish signs, set apart by blanks: "Hasło, e-mail" is "haslo e mail". Questions are folded alike.
create function search_fold(said text) returns text language sql immutable parallel safe strict as $$
  select regexp_replace(translate(lower(said collate "pl-x-icu"), 'ąćęłńóśźż', 'acelnoszz') collate "pl-x-icu",
                        '[^[:alnum:]]+', ' ', 'g')
$$;

-- The text of HTML that we rendered ourselves: a line for each block.
create function search_text(html text) returns text language sql immutable parallel safe strict as $$
  select replace(replace(replace(replace(replace(replace(
    regexp_replace(regexp_replace(html, '</(p|h[1-6]|li|td|th|tr|dt|dd|div|pre|blockquote|figcaption|caption)>|<br[^>]*>', E'\n', 'g'),
                   '<[^>]*>', '', 'g'),
    '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''), '&nbsp;', ' '), '&amp;', '&')
$$;

create table search_passage (
  organisation_id uuid not null,
  course_id uuid not null,
  kind text not null check (kind in ('course', 'unit', 'caption')),
  -- Of the unit; null for the course itself.
  unit_id uuid,
  film_id uuid,
  slug text not null default '',
  title text not null,
  text text not null,
  -- Of captions: when each line begins, in milliseconds, and the lines.
  starts integer[] not null default '{}',
  lines text[] not null default '{}',
  words tsvector not null,
  check ((kind = 'course') = (unit_id is null) and (kind = 'caption') = (film_id is not null)),
  foreign key (organisation_id, course_id) references course (organisation_id, id)
);
create index search_passage_words on search_passage using gin (organisation_id, words);
create index search_passage_course on search_passage (course_id);
create index search_passage_film on search_passage (film_id) where film_id is not null;
call fence('search_passage');
create policy owner on search_passage to current_user using (true) with check (true);
grant select on search_passage to tablica_app;

-- Every word that stands or stood in a passage: what a word that is found nowhere is compared with.
create table search_word (
  organisation_id uuid not null references organisation (id),
  word text not null,
  primary key (organisation_id, word)
);
create index search_word_like on search_word using gin (organisation_id, word gin_trgm_ops);
call fence('search_word');
create policy owner on search_word to current_user using (true) with check (true);
grant select on search_word to tablica_app;

create function passage_is_worded() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into search_word (organisation_id, word)
  select distinct new.organisation_id, w.lexeme from unnest(new.words) w where length(w.lexeme) between 4 and 60
  on conflict do nothing;
  return null;
end $$;
create trigger passage_is_worded after insert on search_passage for each row execute function passage_is_worded();

-- The lines of a WebVTT file that `video::caption` took in: milliseconds and text, in order.
create function caption_lines(vtt text) returns table (start_ms integer, line text) language sql immutable parallel safe strict as $$
  select least(((coalesce(m[1], '0')::bigint * 60 + m[2]::bigint) * 60 + m[3]::bigint) * 1000 + m[4]::bigint, 2147483647)::integer,
         search_text(regexp_replace(m[5], E'\n+', ' ', 'g'))
  from regexp_split_to_table(vtt, E'\n\n+') with ordinality b (block, at),
       regexp_match(block, '(?:(\d{2,3}):)?(\d{2}):(\d{2})\.(\d{3})[ \t]+-->[^\n]*\n(.+)') m
  where m is not null and block !~ '^NOTE' order by at
$$;

-- The passages of a film's captions in a unit: half a minute each, so that words of one sentence are found together.
create procedure search_captions(of_organisation uuid, of_course uuid, of_unit uuid, of_film uuid, unit_slug text, unit_title text)
  language sql as $$
  insert into search_passage (organisation_id, course_id, kind, unit_id, film_id, slug, title, text, starts, lines, words)
  select of_organisation, of_course, 'caption', of_unit, of_film, unit_slug, unit_title, string_agg(l.line, ' ' order by l.at),
         array_agg(l.start_ms order by l.at), array_agg(l.line order by l.at),
         to_tsvector('simple', search_fold(string_agg(l.line, ' ' order by l.at)))
  from caption c cross join lateral (select start_ms, line, row_number() over () as at from caption_lines(c.vtt)) l
  where c.film_id = of_film
  group by c.language, l.start_ms / 30000
$$;

create procedure search_course(wanted uuid) language plpgsql as $$
declare
  shown record;
begin
  delete from search_passage where course_id = wanted;
  insert into search_passage (organisation_id, course_id, kind, title, text, words)
  select c.organisation_id, c.id, 'course', v.title, v.summary,
         setweight(to_tsvector('simple', search_fold(v.title)), 'A') || setweight(to_tsvector('simple', search_fold(v.summary)), 'B')
  from course c join course_version v on v.id = c.published_version_id where c.id = wanted and c.state = 'published';
  insert into search_passage (organisation_id, course_id, kind, unit_id, slug, title, text, words)
  select c.organisation_id, c.id, 'unit', u.unit_id, u.slug, u.title, t.plain,
         setweight(to_tsvector('simple', search_fold(u.title)), 'A') || to_tsvector('simple', search_fold(t.plain))
  from course c join version_unit u on u.version_id = c.published_version_id
    cross join lateral (select search_text(u.html) as plain) t
  where c.id = wanted and c.state = 'published';
  for shown in
    select c.organisation_id, c.id, u.unit_id, u.film_id, u.slug, u.title
    from course c join version_unit u on u.version_id = c.published_version_id
    where c.id = wanted and c.state = 'published' and u.film_id is not null
  loop
    call search_captions(shown.organisation_id, shown.id, shown.unit_id, shown.film_id, shown.slug, shown.title);
  end loop;
end $$;

create function course_is_searched() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if (new.state, new.published_version_id) is distinct from (old.state, old.published_version_id) then
    call search_course(new.id);
  end if;
  return null;
end $$;
create trigger course_is_searched after update of state, published_version_id on course
  for each row execute function course_is_searched();

create function caption_is_searched() returns trigger language plpgsql security definer set search_path = public as $$
declare
  of_film uuid := case when tg_op = 'DELETE' then old.film_id else new.film_id end;
  shown record;
begin
  delete from search_passage where film_id = of_film;
  for shown in
    select c.organisation_id, c.id, u.unit_id, u.slug, u.title
    from version_unit u join course c on c.published_version_id = u.version_id and c.state = 'published'
    where u.film_id = of_film
  loop
    call search_captions(shown.organisation_id, shown.id, shown.unit_id, of_film, shown.slug, shown.title);
  end loop;
  return null;
end $$;
create trigger caption_is_searched after insert or delete or update of vtt on caption
  for each row execute function caption_is_searched();

-- The best passages that answer the question, at most `each` of a course, of the courses that the person of the transaction may see:
-- those in the catalogue, those they take, those they teach, or `everything`. A function of the owner, because row-level security lets
-- no index be asked for words (they are no leakproof operator); it answers nothing outside the organisation.
create function find_passages(wanted uuid, question text, teaches boolean, everything boolean, each integer, most integer)
  returns table (course_slug text, course_title text, language text, kind text, slug text, title text, text text,
                 starts integer[], lines text[])
  language plpgsql stable security definer set search_path = public as $$
begin
  if not in_scope(wanted) then return; end if;
  return query
  with hit as materialized (
    select p.course_id, p.kind, p.slug, p.title, p.text, p.starts, p.lines,
           ts_rank(p.words, question::tsquery) * case p.kind when 'caption' then 0.8 else 1 end as rank
    from search_passage p where p.organisation_id = wanted and p.words @@ question::tsquery limit 5000),
  seen as materialized (
    select c.id, c.slug, v.title, v.language from course c join course_version v on v.id = c.published_version_id
    where c.id in (select h.course_id from hit h) and c.organisation_id = wanted and c.state = 'published'
      and (c.listed or everything
           or c.id in (select e.course_id from enrolled e where e.person_id = person_in_scope())
           or teaches and exists (select from course_teacher t where t.course_id = c.id and t.person_id = person_in_scope()))),
  placed as (
    select h.*, row_number() over (partition by h.course_id order by h.rank desc, h.kind, h.slug, h.starts) as at,
           max(h.rank) over (partition by h.course_id) as best
    from hit h where h.course_id in (select s.id from seen s))
  select s.slug, s.title, s.language, p.kind, p.slug, p.title, p.text, p.starts, p.lines
  from placed p join seen s on s.id = p.course_id where p.at <= each
  order by p.best desc, s.title, s.id, p.at limit most;
end $$;
revoke execute on function find_passages(uuid, text, boolean, boolean, integer, integer) from public;
grant execute on function find_passages(uuid, text, boolean, boolean, integer, integer) to tablica_app;

-- Words of the organisation that look like those asked for: a slip of the pen, or a form that ends otherwise.
create function similar_words(wanted uuid, asked text[]) returns table (word text, found text)
  language plpgsql stable security definer set search_path = public as $$
begin
  if not in_scope(wanted) then return; end if;
  return query
  select a.word, s.word from unnest(asked) a (word)
    cross join lateral (select w.word from search_word w where w.organisation_id = wanted and w.word % a.word
                        order by similarity(w.word, a.word) desc, w.word limit 8) s;
end $$;
revoke execute on function similar_words(uuid, text[]) from public;
grant execute on function similar_words(uuid, text[]) to tablica_app;

-- What is published already.
select set_config('app.reach', 'installation', true);
do $$
declare
  published uuid;
begin
  for published in select id from course where state = 'published' loop
    call search_course(published);
  end loop;
end $$;
select set_config('app.reach', '', true);
