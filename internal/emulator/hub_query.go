// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

const maxQueryPage = 100

func (h *Hub) query(*hubCall) (*hubReply, *hubProblem) { return nil, problemf(hubNotModelled, "query") }
func (h *Hub) bulk(*hubCall) (*hubReply, *hubProblem)  { return nil, problemf(hubNotModelled, "bulk") }
func (h *Hub) regenerateKeys(*hubCall) (*hubReply, *hubProblem) {
	return nil, problemf(hubNotModelled, "regenerate")
}
