"""Run by the environment's Python: the compute and image proxies of openstacksdk, as the OS_ variables say."""

import io

import openstack


def main():
    """Each call that servers, keypairs, flavors and images have here."""
    cloud = openstack.connect()
    compute, images = cloud.compute, cloud.image
    image = images.find_image("cirros", ignore_missing=False)
    assert image.ramdisk_id == images.find_image("initrd").id
    kernel = images.find_image("vmlinuz")
    output = io.BytesIO()
    images.download_image(kernel, output=output)
    assert b"kernel" == output.getvalue()
    flavor = compute.find_flavor("m1.nano", ignore_missing=False)
    assert (1, 128) == (flavor.vcpus, flavor.ram)
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUyzDvl+OeEhi2gkdCuRXyE4dpsHdCrHFn2kCQoyQm7"
    compute.create_keypair(name="sdk", public_key=key)
    assert key == compute.get_keypair("sdk").public_key
    wish = {"image_id": image.id, "flavor_id": flavor.id, "networks": "auto", "key_name": "sdk"}
    server = compute.create_server(name="sdk", metadata={"a": "b"}, **wish)
    found = compute.get_server(compute.find_server("sdk", all_projects=True).id)
    assert ("BUILD", {"a": "b"}, "net1") == (found.status, found.metadata, found.compute_host)
    assert {"sdk"} == {each.name for each in compute.servers(name="^sdk$")}
    assert 1 == len(found.addresses)
    assert 1 == len(list(compute.server_interfaces(server)))
    compute.set_server_metadata(server, c="d")
    assert {"a": "b", "c": "d"} == compute.get_server_metadata(server).metadata
    assert "" == compute.get_server_console_output(server)["output"]
    assert "net1" == next(compute.services()).host
    assert "net1" == next(compute.hypervisors(details=True)).name
    assert "nova" == next(compute.availability_zones()).name
    assert compute.get_limits().absolute.instances > 0
    compute.delete_server(server)
    compute.wait_for_delete(found, wait=10)
    compute.delete_keypair("sdk")
    assert [] == [each.name for each in compute.servers()]


if __name__ == "__main__":
    main()
