/// `datahub demo`: a hub, a producer and three consumers, each a process, and a conductor that
/// starts, kills and counts.
package org.datahub.distribution.demo;
