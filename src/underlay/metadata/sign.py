"""The signature by which Nova believes what the metadata service says of a caller.

Source: Neutron's metadata agent and `[neutron] metadata_proxy_shared_secret` of nova.conf.
"""

import hashlib
import hmac

from underlay.model.ids import InstanceId


def sign(secret: bytes, instance_id: InstanceId) -> str:
    """X-Instance-ID-Signature: HMAC-SHA256 of the instance id, in lower-case hexadecimal."""
    return hmac.new(secret, instance_id.encode(), hashlib.sha256).hexdigest()
