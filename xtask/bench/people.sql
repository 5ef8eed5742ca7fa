-- For measuring only, on a data folder that is thrown away: sixty people who can sign in. The demonstration has fewer,
-- so some of them stand there twice, the second time under another login with the same password.
insert into person (id, organisation_id, login, given_name, family_name, password_hash)
select gen_random_uuid(), organisation_id, 'bench.' || row_number() over (order by login), given_name, family_name, password_hash
from person where password_hash is not null order by login
limit greatest(0, 60 - (select count(*) from person where password_hash is not null))
