// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/mochi-mqtt/server/v2/packets"
)

// maxPacket is more than any message that a service takes, with its topic.
const maxPacket = 320 << 10

var errTooLarge = errors.New("the packet is larger than any that a service takes")

// readPacket reads one packet of a client.
func readPacket(r *bufio.Reader) (p packets.Packet, err error) {
	first, err := r.ReadByte()
	if err != nil {
		return p, err
	}
	p.ProtocolVersion = version311
	if err := p.FixedHeader.Decode(first); err != nil {
		return p, err
	}
	if p.FixedHeader.Remaining, _, err = packets.DecodeLength(r); err != nil {
		return p, err
	}
	if p.FixedHeader.Remaining > maxPacket {
		return p, errTooLarge
	}
	body := make([]byte, p.FixedHeader.Remaining)
	if _, err := io.ReadFull(r, body); err != nil {
		return p, err
	}
	return p, decode(&p, body)
}

// decode reads what clients send; the rest ends the connection where it is handled.
func decode(p *packets.Packet, body []byte) error {
	switch p.FixedHeader.Type {
	case packets.Connect:
		return p.ConnectDecode(body)
	case packets.Publish:
		return p.PublishDecode(body)
	case packets.Puback:
		return p.PubackDecode(body)
	case packets.Subscribe:
		return p.SubscribeDecode(body)
	case packets.Unsubscribe:
		return p.UnsubscribeDecode(body)
	}
	return nil
}

func header(kind byte) packets.FixedHeader { return packets.FixedHeader{Type: kind} }

// encode writes what services send.
func encode(p packets.Packet) ([]byte, error) {
	p.ProtocolVersion = version311
	var b bytes.Buffer
	var err error
	switch p.FixedHeader.Type {
	case packets.Connack:
		err = p.ConnackEncode(&b)
	case packets.Publish:
		err = p.PublishEncode(&b)
	case packets.Puback:
		err = p.PubackEncode(&b)
	case packets.Suback:
		err = p.SubackEncode(&b)
	case packets.Unsuback:
		err = p.UnsubackEncode(&b)
	default:
		err = p.PingrespEncode(&b)
	}
	return b.Bytes(), err
}
