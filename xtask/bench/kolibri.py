# A channel with sixteen documents, written as Kolibri's own importer writes it: without resources it shows no lesson.
import uuid

from kolibri.core.content.models import ChannelMetadata, ContentNode

channel = uuid.uuid5(uuid.NAMESPACE_URL, "channel").hex
root = ContentNode.objects.create(
    id=channel, content_id=channel, channel_id=channel, title="Dostępność", kind="topic", available=True
)
ChannelMetadata.objects.create(
    id=channel, name="Dostępność", version=1, min_schema_version="5", root=root
)
for number in range(16):
    node = uuid.uuid5(uuid.NAMESPACE_URL, f"node {number}").hex
    ContentNode.objects.create(
        id=node, content_id=node, channel_id=channel, parent=root, title=f"Rozdział {number + 1}",
        description="Opis rozdziału", kind="document", available=True, sort_order=number,
    )
