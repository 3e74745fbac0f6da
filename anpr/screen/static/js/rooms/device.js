// How the crew's second device gets here: address, QR code, and the certificate's fingerprint.
import { button, el } from "../dom.js";
import { session } from "../store.js";
import { sheet } from "../sheet.js";

export function secondDeviceSheet() {
  const { second_device: address, fingerprint } = session();
  sheet("Second device", (close) => [
    address ? el("div", { class: "device" },
      el("img", { class: "qr", src: "/second-device.svg", alt: `QR code of ${address}` }),
      el("div", {},
        el("p", { class: "address", text: address }),
        el("p", { class: "note", text: "Join the car's Wi-Fi, scan the code or type the address, and log in with collar number and PIN." }),
        fingerprint && el("p", { class: "note" }, "The browser warns of a certificate that it does not know: it is this car's when its fingerprint is",
          el("span", { class: "fingerprint" }, fingerprint.match(/.{1,24}/g)?.map((part) => el("span", { text: part }))))))
      : el("p", { class: "note", text: "This car serves no other device. Whoever looks after it sets on_network = true under [screen] and adds the crew with: anpr crew add" }),
    el("div", { class: "ends" }, button("Close", close, { autofocus: true })),
  ]);
}
