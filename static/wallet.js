/* Talks to a wallet in the browser (EIP-1193, found by EIP-6963). Pasting works without it. */
"use strict";

const found = [];
window.addEventListener("eip6963:announceProvider", (event) => {
  found.push(event.detail.provider);
  show();
});

const wallet = () => found[0] || window.ethereum;

/* The buttons are in the page but hidden; they appear when there is a wallet. */
const show = () => {
  for (const button of document.querySelectorAll("[data-wallet][hidden]")) button.hidden = !wallet();
};

const hex = (text) => "0x" + Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");

const acts = {
  connect: async (form) => {
    const [address] = await wallet().request({ method: "eth_requestAccounts" });
    form.querySelector("[data-wallet-address]").value = address;
  },
  sign: async (form, button) => {
    await wallet().request({ method: "eth_requestAccounts" });
    const message = document.getElementById(button.dataset.message).textContent;
    const params = [hex(message), button.dataset.address];
    form.querySelector("[data-wallet-signature]").value = await wallet().request({ method: "personal_sign", params });
  },
  typed: async (form, button) => {
    const [address] = await wallet().request({ method: "eth_requestAccounts" });
    const params = [address, document.getElementById(button.dataset.message).textContent];
    form.querySelector("[data-wallet-signature]").value = await wallet().request({ method: "eth_signTypedData_v4", params });
  },
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-wallet]");
  if (!button) return;
  const form = button.closest("form");
  const trouble = form.querySelector("[data-wallet-trouble]");
  trouble.hidden = true;
  try {
    await acts[button.dataset.wallet](form, button);
  } catch {
    trouble.hidden = false;
    return;
  }
  form.requestSubmit();
});

document.addEventListener("DOMContentLoaded", () => {
  show();
  window.dispatchEvent(new Event("eip6963:requestProvider"));
});
