# A device with a certificate of its own. Left out, the status stays as operations set it.
resource "azureiot_dps_individual_enrollment" "sensor" {
  registration_id = "sensor-thl-001"

  attestation = {
    x509 = {
      client_certificates = {
        primary = file("${path.module}/sensor-thl-001.pem")
      }
    }
  }

  initial_twin = {
    tags               = jsonencode({ plant = "Thale", line = 4 })
    desired_properties = jsonencode({ interval = 60 })
  }
}

# A device with keys that the service makes; azureiot_dps_individual_enrollment_keys reads
# them.
resource "azureiot_dps_individual_enrollment" "gauge" {
  registration_id = "gauge-thl-001"
  device_id       = "Gauge-1"
  on_destroy      = "disable"

  attestation = {
    symmetric_key = {}
  }

  optional_device_information = jsonencode({ installed = "2026-03-01" })
}

# Keys of one's own are write-only: a new version sends new keys.
variable "press_key" {
  type      = string
  ephemeral = true
  default   = "cHJlc3MtdGhsLTAwMSwga2VwdCBpbiBhIHZhdWx0"
}

resource "azureiot_dps_individual_enrollment" "press" {
  registration_id     = "press-thl-001"
  provisioning_status = "disabled" # until it is installed

  attestation = {
    symmetric_key = {
      primary_key_wo  = var.press_key
      keys_wo_version = 1
    }
  }
}

# A device with a TPM. Its endorsement key is public.
resource "azureiot_dps_individual_enrollment" "gateway" {
  registration_id = "gateway-thl-001"
  edge_enabled    = true

  attestation = {
    tpm = {
      endorsement_key = "AToAAQALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAgAAAAAAAEA"
    }
  }

  reprovision_policy = {
    update_hub_assignment = false
    migrate_device_data   = false
  }
}
