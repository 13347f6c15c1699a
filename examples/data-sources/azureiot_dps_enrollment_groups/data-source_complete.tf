# Every certificate authority through which devices can get in.
data "azureiot_dps_enrollment_groups" "open" {
  provisioning_status = "enabled"
}

output "authorities" {
  value = {
    for group in data.azureiot_dps_enrollment_groups.open.enrollment_groups :
    group.enrollment_group_id => group.certificates.primary.subject_common_name
    if group.attestation.type == "x509" && group.certificates != null
  }
}
