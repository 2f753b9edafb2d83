// Nobody has said yet where this person is: begin with the zone of their device. They see it, and can choose another.
const select = document.querySelector("[data-guess-zone] select[name='timezone']");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (select && [...select.options].some((option) => option.value === zone)) select.value = zone;
