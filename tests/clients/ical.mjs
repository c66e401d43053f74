// What ical.js, the library of Thunderbird and Nextcloud, reads in a calendar.
//
// ical.mjs FILE: its name and its events as JSON, or an error for what is no calendar.
import { readFile } from "node:fs/promises";
import ICAL from "ical.js";

const parsed = ICAL.parse(await readFile(process.argv[2], "utf8"));
if (parsed[0] !== "vcalendar" || !Array.isArray(parsed[1]))
  throw new Error("there is more or less than one calendar");
const calendar = new ICAL.Component(parsed);
for (const name of ["version", "prodid"])
  if (!calendar.getFirstPropertyValue(name)) throw new Error(`there is no ${name}`);
if (calendar.getAllSubcomponents().length === 0)
  throw new Error("a calendar has at least one component");
const events = calendar.getAllSubcomponents("vevent").map(component => {
  const event = new ICAL.Event(component, { strictExceptions: true });
  for (const name of ["uid", "dtstamp", "dtstart"])
    if (component.getAllProperties(name).length !== 1) throw new Error(`an event has ${name} exactly once`);
  const end = component.getFirstPropertyValue("dtend");
  if (end && end.compare(event.startDate) <= 0)
    throw new Error(`${event.uid} ends at ${end}, and begins at ${event.startDate}`);
  return {
    uid: event.uid, summary: event.summary, description: event.description, location: event.location, sequence: event.sequence,
    start: event.startDate.toString(), end: event.endDate.toString(), hasEnd: end !== null, status: component.getFirstPropertyValue("status"),
  };
});
console.log(JSON.stringify({ name: calendar.getFirstPropertyValue("x-wr-calname"), events }));
