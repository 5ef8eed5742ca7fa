-- Owner: devices. A loan begins and ends with a protocol of its own agreement: that one of another agreement exists proves nothing
-- of this hand-over.
set local app.reach = 'installation';

alter table protocol add constraint protocol_of_agreement unique (organisation_id, id, kind, agreement_id);

alter table loan
  add constraint handed_over_with_its_protocol foreign key (organisation_id, handover_id, handover_kind, agreement_id)
    references protocol (organisation_id, id, kind, agreement_id),
  add constraint returned_with_its_protocol foreign key (organisation_id, return_id, return_kind, agreement_id)
    references protocol (organisation_id, id, kind, agreement_id),
  drop constraint loan_organisation_id_handover_id_handover_kind_fkey,
  drop constraint loan_organisation_id_return_id_return_kind_fkey;

set local app.reach = '';
