#!/usr/bin/env bash
# Installs what the other scripts run, on a Microsoft-hosted agent; versions are pinned here.
set -euo pipefail
terraform=1.14.9 opa=v1.22.4
bin=$HOME/bin
mkdir -p "$bin"
curl -fsSL -o terraform.zip \
	"https://releases.hashicorp.com/terraform/$terraform/terraform_${terraform}_linux_amd64.zip"
unzip -oq terraform.zip terraform -d "$bin"
rm terraform.zip
curl -fsSL -o "$bin/opa" "https://openpolicyagent.org/downloads/$opa/opa_linux_amd64_static"
chmod +x "$bin/opa"
GOBIN=$bin go install github.com/azureiot/terraform-provider-azureiot/tools/plansummary@latest
az extension add --name azure-devops --only-show-errors
echo "##vso[task.prependpath]$bin"
