"""What a simulated city is like. Every share is of people unless it says otherwise; each can be changed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """The habits of a city's readers, and of the machines around them.

    reading
        opens: mean chance that a person opens a message which comes at an average hour
        clicks: mean chance that who opened it follows a link
        rhythm: how much the hour matters (0: not at all)
        reopens: chance of opening it again, each time; again: chance of another click, each time
        tabs: chance that who clicks opens three or more links at once
    programs
        apple: people whose Mail loads ahead; fetched: of their messages, those it gets to load
        lead: how much more often than others they read (0.1: a tenth more)
        second: of what they read, what they open on another program as well
        gmail, yahoo, webmail: of the others, those who read in Gmail, Yahoo's mail, or on another's web page;
            the rest has a mail program
        blocked: of the others, those who see no pictures
        ahead: of messages to Gmail, those that Gmail loads before anybody looks
        private: browsers that ask not to be tracked
        hover: clicks before which the browser has fetched links ahead
        shared: clicks after which the link is sent on, so that a chat's robot looks at it
    scanners
        scanned: people whose mail a scanner reads
        pixel: of the scanners, those that load pictures; control: that follow the hidden link
        shy: that follow one or two links only; slow: that take their time between links
        rotating: that come with another network and program for each link; named: that say their name
        heads: that ask with HEAD first; rescans: of real clicks, those that the scanner repeats
        pace: 1 is standards.md's: bursts start at a median of 43 s
    """

    opens: float = 0.28
    clicks: float = 0.14
    rhythm: float = 0.6
    reopens: float = 0.3
    again: float = 0.3
    tabs: float = 0.01
    apple: float = 0.5
    fetched: float = 0.96
    lead: float = 0.1
    second: float = 0.06
    gmail: float = 0.5
    yahoo: float = 0.1
    webmail: float = 0.15
    blocked: float = 0.08
    ahead: float = 0.03
    private: float = 0.05
    hover: float = 0.03
    shared: float = 0.01
    scanned: float = 0.2
    pixel: float = 0.6
    control: float = 0.8
    shy: float = 0.05
    slow: float = 0.05
    rotating: float = 0.15
    named: float = 0.15
    heads: float = 0.1
    rescans: float = 0.05
    pace: float = 1.0
